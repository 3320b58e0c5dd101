"""What the site, the guide and a student's copy say of this article; `coursestaff` prints it."""
