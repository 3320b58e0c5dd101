"""Tables in the shape of a question: see courseware/views.py."""
