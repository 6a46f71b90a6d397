// What the built monitor uses of undici (scripts/server.config.mjs).
exports.Client = require('undici/lib/dispatcher/client.js');
