"""From a face in a picture to the crop that the network was trained on."""
