"""The article on trial: what no other article would say, show or count."""
