"""The public face of Limner: a name is asked for → its room is imported, and not before.

The names are listed once, in ``__init__.pyi``, which type checkers and this module both read.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
