'use strict';
// Leads requests to Twilio through the proxy in Node programs whose client reads no variable: https.request, which
// twilio-node 1 and 2 use, and Node's own fetch. Node runs it before the program, because NODE_OPTIONS names it; any
// Node from 8 on. Only twilio.com is concerned, only core modules are used, and a failure here leaves all as it was.

var PROXY = parseUrl(process.env.TWILIO_TEST_PROXY_URL);
var CERTIFICATE = process.env.TWILIO_TEST_PROXY_CA;

function parseUrl(text) {
  try {
    return new (require('url').URL)(text); // global from Node 10 on only
  } catch (error) {
    return null;
  }
}

function isTwilio(host) {
  return /(^|\.)twilio\.com\.?$/i.test(String(host || ''));
}

// Ask the proxy for a tunnel, and speak TLS with the host at its end.
function connectThroughProxy(options, callback) {
  var target = options.host + ':' + (options.port || 443);
  var headers = { Host: target };
  if (PROXY.username) {
    var pair = decodeURIComponent(PROXY.username) + ':' + decodeURIComponent(PROXY.password);
    headers['Proxy-Authorization'] = 'Basic ' + Buffer.from(pair).toString('base64');
  }
  var connect = require('http').request({
    host: PROXY.hostname, port: PROXY.port, method: 'CONNECT', path: target, headers: headers, agent: false,
  });
  connect.once('error', callback);
  connect.once('connect', function (answer, socket) {
    if (answer.statusCode !== 200) {
      socket.destroy();
      callback(new Error('the proxy refused a tunnel to ' + target + ': ' + answer.statusCode));
      return;
    }
    var settings = Object.assign({}, options, { socket: socket, servername: options.servername || options.host });
    // Programs that pin certificates of their own get the proxy's beside them.
    if (settings.ca) settings.ca = [].concat(settings.ca, require('fs').readFileSync(CERTIFICATE));
    callback(null, require('tls').connect(settings));
  });
  connect.end();
}

function amendHttps() {
  var agent = require('https').Agent.prototype;
  var original = agent.createConnection;
  agent.createConnection = function (options, callback) {
    if (!options || typeof options !== 'object' || typeof callback !== 'function' || options.socket) {
      return original.apply(this, arguments);
    }
    if (!isTwilio(options.host)) return original.apply(this, arguments);
    try {
      connectThroughProxy(options, callback);
    } catch (error) {
      return original.apply(this, arguments);
    }
    return undefined;
  };
}

// fetch is undici's, which a program cannot import. Its dispatcher lies behind a symbol that undici documents, but only
// once fetch has been called: a data: URL does that without a connection.
function amendFetch() {
  if (typeof globalThis === 'undefined' || typeof globalThis.fetch !== 'function') return;
  // Node 24, and 22 from 22.21 on, does by itself what NODE_USE_ENV_PROXY asks for.
  if (process.allowedNodeEnvironmentFlags.has('--use-env-proxy')) return;
  var original = globalThis.fetch;
  var amended = false;
  var replacement = function fetch(input, init) {
    if (!amended) {
      amended = true;
      try {
        original('data:,').catch(function () {});
        routeDispatcher();
      } catch (error) { /* as before, then */ }
    }
    return original.call(globalThis, input, init);
  };
  Object.defineProperty(globalThis, 'fetch', Object.assign(
    Object.getOwnPropertyDescriptor(globalThis, 'fetch').enumerable ? { enumerable: true } : {},
    { value: replacement, writable: true, configurable: true }));
}

function routeDispatcher() {
  var symbol = Symbol.for('undici.globalDispatcher.1');
  var direct = globalThis[symbol];
  var proxied = new direct.constructor({
    connect: function (options, callback) {
      connectThroughProxy({
        host: options.hostname, port: options.port, servername: options.servername, ALPNProtocols: ['http/1.1'],
      }, function (error, socket) {
        if (error) return callback(error);
        socket.once('error', callback);
        return socket.once('secureConnect', function () {
          socket.removeListener('error', callback);
          callback(null, socket);
        });
      });
    },
  });
  globalThis[symbol] = new Proxy(direct, {
    get: function (target, key) {
      if (key === 'dispatch') {
        return function (options, handler) {
          var origin = new URL(options.origin);
          var ours = origin.protocol === 'https:' && isTwilio(origin.hostname);
          return (ours ? proxied : target).dispatch(options, handler);
        };
      }
      var value = target[key];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

if (PROXY && CERTIFICATE) {
  [amendHttps, amendFetch].forEach(function (amend) {
    try { amend(); } catch (error) { /* a program must run as if this were not here */ }
  });
}
