"""The same calls in PyTorch and in convref. Families of calls: OPTIONS, SPOILED, draw, slips."""
