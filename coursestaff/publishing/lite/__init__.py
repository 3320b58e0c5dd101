"""The course as a JupyterLite site: Python itself runs in the browser, nothing is installed."""
