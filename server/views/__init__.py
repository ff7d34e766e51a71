"""What each page shows, gathered from the queries of the other rooms; the templates hold the words."""
