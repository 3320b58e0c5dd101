"""Tables in the shape of a question: `courseware.views` says what one is, and finds them here."""
