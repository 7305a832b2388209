// An OpenID provider that nobody here wrote, on a free port of this machine.
//
//     node oidc_provider.mjs NODE_MODULES SETTINGS
//
// SETTINGS is a JSON file: key and certificate (files), jwks (of the provider), clients, resource.
// Prints one JSON object when it listens: the issuer; then one a refusal: what the server itself knows
// about it, which no answer says. Ends when its standard input does, so that none outlives its test.
import fs from 'node:fs';
import https from 'node:https';
import { pathToFileURL } from 'node:url';

console.log = console.info = console.warn = console.error; // the provider's own notes: not between our lines
const [modules, file] = process.argv.slice(2);
const { default: Provider } = await import(pathToFileURL(`${modules}/oidc-provider/lib/index.js`));
const settings = JSON.parse(fs.readFileSync(file));
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const server = https.createServer({
  key: fs.readFileSync(settings.key),
  cert: fs.readFileSync(settings.certificate),
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `https://127.0.0.1:${server.address().port}`;

const algorithms = ['RS256', 'PS256', 'ES256'];
const provider = new Provider(issuer, {
  jwks: settings.jwks,
  clients: settings.clients,
  scopes: ['VOP', 'WERO', 'IDEAL'],
  clientAuthMethods: ['private_key_jwt', 'client_secret_post'],
  enabledJWA: { clientAuthSigningAlgValues: algorithms },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => settings.resource,
      getResourceServerInfo: () => ({
        scope: 'VOP WERO',
        audience: settings.resource,
        accessTokenFormat: 'jwt',
        accessTokenTTL: 300,
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
});
provider.on('grant.error', (_, error) =>
  say({ refused: error.error, detail: String(error.error_detail ?? error.cause?.message ?? error.message) }),
);
server.on('request', provider.callback());
process.stdin.on('end', () => process.exit(0)).resume();
say({ issuer });
