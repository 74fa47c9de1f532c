"""One file for each thing that people do. A workflow reads and builds first, and then writes in one transaction."""
