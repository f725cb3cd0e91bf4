"""The changes that the image's Dockerfile makes to its toolkits, made before they are imported."""

from __future__ import annotations

import collections
import collections.abc

# Brings back distutils on Python 3.12 and later; the image has 3.10.
import setuptools  # noqa: F401

# The Dockerfile: sed -i 's/collections\.Mapping/collections.abc.Mapping/g' .../sagemaker_containers/_mapping.py
collections.Mapping = collections.abc.Mapping  # type: ignore[attr-defined]
