# The command line: docker build after `npm pack`, then docker run --rm -v "$PWD:/work" IMAGE replay ./CloudTrail
FROM node:24-slim
COPY credlock-*.tgz /tmp/
RUN npm install --global --no-audit --no-fund /tmp/credlock-*.tgz && rm -rf /tmp/credlock-*.tgz /root/.npm
USER node
WORKDIR /work
ENTRYPOINT ["credlock"]
