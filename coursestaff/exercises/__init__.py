"""What an exercise is: its questions (`spec`), its cells, and what each release was made of.

It is read here and never run. `checklist` is what CONTRIBUTING.md asks of a question.
"""
