"""One client of the Unstructured API with its connections and its places, all of one event loop."""

from __future__ import annotations

import asyncio

import httpx
from unstructured_client import UnstructuredClient
from unstructured_client.models import operations, shared
from unstructured_client.utils import BackoffStrategy, RetryConfig

from model_runtime.engines.unstructured.settings import UnstructuredSettings


class Connection:
    """The official client sends, and tries again, for us."""

    def __init__(self, settings: UnstructuredSettings) -> None:
        self._strategy = shared.Strategy(settings.strategy)
        most = settings.pages_in_flight
        self._http = httpx.AsyncClient(limits=httpx.Limits(max_connections=most, max_keepalive_connections=most))
        self._unused = httpx.Client()
        self._client = _client_for(settings, self._unused, self._http)
        self._places = asyncio.Semaphore(most)

    async def elements(self, png: bytes) -> object:
        """What the API finds on the page; waits for a place, first come, first served."""
        parameters = shared.PartitionParameters(
            files=shared.Files(content=png, file_name="page.png", content_type="image/png"),
            strategy=self._strategy,
            coordinates=True,
            split_pdf_page=False,
        )
        request = operations.PartitionRequest(partition_parameters=parameters)
        async with self._places:
            answer = await self._client.general.partition_async(request=request)
        return answer.elements or []

    async def close(self) -> None:
        await self._http.aclose()
        self._unused.close()


def _client_for(settings: UnstructuredSettings, unused: httpx.Client, http: httpx.AsyncClient) -> UnstructuredClient:
    """Both clients are ours: those that it makes by itself are left to the garbage collector."""
    longest_ms = int(settings.retry_for_s * 1000)
    return UnstructuredClient(
        api_key_auth=settings.api_key.get_secret_value() if settings.api_key else None,
        server_url=settings.server_url,
        client=unused,
        async_client=http,
        timeout_ms=int(settings.timeout_s * 1000),
        retry_config=RetryConfig("backoff", BackoffStrategy(250, 15_000, 2.0, longest_ms), longest_ms > 0),
    )
