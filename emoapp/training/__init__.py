"""Training: from labelled images to a model. The only place that imports TensorFlow."""
