"""The families of calls that tests/fuzz.py draws: OPTIONS, SPOILED, draw, slips."""
