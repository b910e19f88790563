# The gateway, small and without root: docker build -t salesforce-mcp .
FROM python:3.12-slim AS dependencies
COPY requirements.lock .
RUN python -m venv /opt/venv
RUN /opt/venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock

FROM python:3.12-slim
RUN useradd --system --uid 10001 --no-create-home gateway
COPY --from=dependencies /opt/venv /opt/venv
WORKDIR /app
COPY domain domain
COPY infra infra
COPY api api
USER gateway
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
EXPOSE 3333
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ.get(\"MCP_PORT\", 3333)}/health/live', timeout=2)"]
ENTRYPOINT ["python", "-m", "api"]
CMD ["serve"]
