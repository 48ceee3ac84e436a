"""Tables to figures. Built without Streamlit; every figure in the look of `template`."""
