"""Conditions that users write, in CEL (the Common Expression Language, cel.dev): one language for rules and reviews.

``vocabulary`` says what an expression may name, ``check`` reads it against that without running it, ``condition``
compiles and decides it.
"""
