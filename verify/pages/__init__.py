"""The pages as they are checked: fences, what they print, marks, prose."""
