"""`python -m dashboard.cli` is the command `rankscope`."""

import sys

from dashboard.cli import main

sys.exit(main())
