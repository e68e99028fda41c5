"""A real S3 server in a process of its own, and what is put into it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
from runs import wait_until

BUCKET = "zhengbao-test"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def is_listening(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def s3_environment(port: int, **changes: str) -> dict[str, str]:
    """What a user sets to reach the server; nothing of the machine's own accounts."""
    return {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "opensesame",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/nonexistent",
        "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
        "AWS_MAX_ATTEMPTS": "1",
        **changes,
    }


class Bucket:
    """A bucket of a running server."""

    def __init__(self, port: int) -> None:
        self.port = port
        env = s3_environment(port)
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=env["AWS_ENDPOINT_URL"],
            aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
            region_name=env["AWS_DEFAULT_REGION"],
        )
        self._client.create_bucket(Bucket=BUCKET)

    def put(self, objects: Mapping[str, bytes]) -> None:
        for key, payload in objects.items():
            self._client.put_object(Bucket=BUCKET, Key=key, Body=payload)

    def keys(self, prefix: str) -> list[str]:
        """Of the objects there, a thousand at most."""
        found = self._client.list_objects_v2(Bucket=BUCKET, Prefix=prefix)
        return [item["Key"] for item in found.get("Contents", ())]

    def remove(self, key: str) -> None:
        self._client.delete_object(Bucket=BUCKET, Key=key)


@contextmanager
def process_on(port: int, *arguments: str, **variables: str) -> Iterator[None]:
    """``python …`` until it listens on a port, and its end."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env={**os.environ, **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert wait_until(lambda: is_listening(port)), "the server did not start"
        yield
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def s3_server(**variables: str) -> Iterator[Bucket]:
    port = free_port()
    with process_on(port, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port), **variables):
        yield Bucket(port)
