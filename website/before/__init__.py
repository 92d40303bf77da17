"""What is written before the builder starts: a copy of the pages, and what belongs to them."""
