"""These tests run the other frameworks. One that is missing is an error: nothing is skipped."""

import os

from verify.pages.elsewhere import ENVIRONMENT

os.environ.update(ENVIRONMENT)
