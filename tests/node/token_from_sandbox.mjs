// A token of the sandbox's Worldline for oauth4webapi, which nobody here wrote.
//
//     node token_from_sandbox.mjs FOLDER NODE_MODULES
//
// Prints one JSON object: what was granted, and how a kid in lower case is refused.
import crypto from 'node:crypto';
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';

const [folder, modules] = process.argv.slice(2);
const oauth = await import(pathToFileURL(`${modules}/oauth4webapi/build/index.js`));

const base = fs.readFileSync(`${folder}/url`, 'utf8').trim();
const issuer = new URL(`${base}/auth/realms/example-realm`);
const discovered = await oauth.discoveryRequest(issuer);
const server = await oauth.processDiscoveryResponse(issuer, discovered);

const pem = fs.readFileSync(`${folder}/clients/worldline-test.key`);
const der = crypto.createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
const key = await crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
const certificate = new crypto.X509Certificate(fs.readFileSync(`${folder}/issued/worldline-test.crt`));
const kid = certificate.fingerprint.replaceAll(':', '');
const client = { client_id: 'Worldline-000021' };

const ask = (name) =>
  oauth.clientCredentialsGrantRequest(
    server,
    client,
    oauth.PrivateKeyJwt({ key, kid: name }),
    new URLSearchParams({ scope: 'VOP' }),
  );

const granted = await oauth.processClientCredentialsResponse(server, client, await ask(kid));
const answer = await ask(kid.toLowerCase());
const reason = answer.headers.get('jwttool-sandbox-reason');
let refused;
try {
  await oauth.processClientCredentialsResponse(server, client, answer);
} catch (error) {
  refused = error.error_description;
}
const { scope, expires_in: expiresIn } = granted;
console.log(JSON.stringify({ scope, expiresIn, refused, reason }));
