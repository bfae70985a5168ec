var https = require('https');
var querystring = require('querystring');

var sid = process.env.TWILIO_ACCOUNT_SID;
var form = querystring.stringify({ To: '+14108675310', From: '+15005550006', Body: 'hello' });
var request = https.request({
  host: 'api.twilio.com',
  path: '/2010-04-01/Accounts/' + sid + '/Messages.json',
  method: 'POST',
  auth: sid + ':' + process.env.TWILIO_AUTH_TOKEN,
  headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': form.length },
}, function (answer) {
  var body = '';
  answer.on('data', function (part) { body += part; });
  answer.on('end', function () { console.log(JSON.parse(body).sid); });
});
request.on('error', function (error) { console.error(error.message); process.exit(1); });
request.end(form);
