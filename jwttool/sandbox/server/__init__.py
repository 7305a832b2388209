"""The sandbox as a program: sockets, files and threads around logic that knows of none of them."""
