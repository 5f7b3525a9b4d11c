"""Comment on how a face looks, in written replies or through a server; off by default.

`companion.Companion` ties the parts together. Nothing is imported here: the helper process `talk`,
the only part that speaks to a server, must not load what the images need.
"""
