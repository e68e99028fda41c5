"""Modules that are put off stay away until something of them is used, and then are what they are."""

from __future__ import annotations

import subprocess
import sys

import pytest
from runs import ROOT

SCRIPT = """
import sys
from flows.imports import quick_imports

with quick_imports():
    {imports}
print(len([name for name in sys.modules if name.startswith("scipy.integrate.")]))
{used}
print(len([name for name in sys.modules if name.startswith("scipy.integrate.")]) > 0)
"""


@pytest.mark.parametrize(
    ("imports", "used"),
    [
        ("import datasketch", "print(datasketch.MinHashLSH(threshold=0.5, num_perm=32).b > 0)"),
        ("import scipy.integrate", "print(callable(scipy.integrate.simpson))"),
        ("from scipy.integrate import quad", "print(abs(quad(lambda x: 2 * x, 0, 1)[0] - 1) < 1e-9)"),
    ],
)
def test_what_is_put_off_comes_when_it_is_used(imports: str, used: str) -> None:
    script = SCRIPT.format(imports=imports, used=used)
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout.split() == ["0", "True", "True"]
