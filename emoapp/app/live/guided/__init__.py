"""The guided minute: a profile learned in the live window, expression by expression."""
