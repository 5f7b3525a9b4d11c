"""Crop faces the way the network was trained on them, and judge the crops."""
