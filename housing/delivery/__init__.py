"""Delivery: how a bundle of the outbox reaches a person, by mail, push or the simulator."""
