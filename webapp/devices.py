"""What a browser says of itself, in the few words by which its owner knows it."""

import flask

from housing.people.sessions import Client

_BROWSERS = {"Edg": "Edge", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")


def name() -> str:
    """Name browser and system of this request, such as "Firefox Windows"."""
    agent = flask.request.user_agent.string
    browser = next((words for mark, words in _BROWSERS.items() if mark in agent), "Browser")
    system = next((each for each in _SYSTEMS if each in agent), "")
    return f"{browser} {system}".strip()


def client() -> Client:
    """Tell from where this request comes."""
    return Client(address=flask.request.remote_addr or "", device=name())
