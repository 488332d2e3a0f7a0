"""``python -m weftend`` is ``weftend``."""

import sys

from weftend.cli import main

sys.exit(main())
