"""What a page shows, computed: values of the loaders joined into tables and facts. No Streamlit, no files."""
