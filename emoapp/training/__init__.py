"""Training: from labeled images to a model. The only place that imports TensorFlow."""
