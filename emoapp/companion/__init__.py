"""A companion that answers to how a face looks: off by default, with written replies or a server.

`companion.Companion` ties the parts together. Nothing is imported here, because the helper process
`talk`, which alone speaks to a server, must not load what the pictures need.
"""
