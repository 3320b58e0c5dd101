"""Exercises on their way to students: made from solutions (`release`), and packed.

`bundle` packs one zip for a class, `tree` lays the same down as a folder. Neither holds anything of
the solutions.
"""
