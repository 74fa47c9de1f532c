"""The HTTP side: Slack's Web API, response URLs, people, administrators and the page."""
