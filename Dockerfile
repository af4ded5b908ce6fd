# The harvester as a plain user, with the exact packages of requirements.lock. See docs/scheduling.md.
# Another base: --build-arg BASE=python:3.13-slim-bookworm@sha256:… pins it by its digest.
ARG BASE=python:3.13-slim-bookworm

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/harvester && /opt/harvester/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY harvester ./harvester
COPY pipelines ./pipelines
RUN /opt/harvester/bin/pip install --no-deps .

FROM ${BASE}
RUN useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin harvester \
    && install -d -o harvester -g harvester -m 0750 /data
COPY --from=build /opt/harvester /opt/harvester
ENV PATH=/opt/harvester/bin:$PATH HARVEST_DATA=/data
# A number, so that Kubernetes can see that it is not root.
USER 10001:10001
WORKDIR /data
VOLUME /data
# Of `schedule --stay`, hourly: a run was started lately, and it did not fail.
HEALTHCHECK --interval=10m --timeout=10s --start-period=30m --retries=3 \
    CMD find /data -maxdepth 1 -name 'schedule-*.json' -mmin -150 -exec grep -L '"status": 1' {} + | grep -q .
ENTRYPOINT ["harvest"]
CMD ["schedule", "--stay"]
