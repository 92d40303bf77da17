"""These tests run the other frameworks. One that is missing is an error: nothing is skipped."""

import os

# Before anything imports them: no log on stderr, no search for a GPU, kernels that add integers
# exactly.
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["JAX_PLATFORMS"] = "cpu"
