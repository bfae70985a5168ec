const twilio = require(process.argv[2] + '/twilio');

const client = twilio(process.env.TWILIO_ACCOUNT_SID, process.env.TWILIO_AUTH_TOKEN);
client.sendMessage({ to: '+14108675310', from: '+15005550006', body: 'hello' }, (error, message) => {
  if (error) { console.error(error.message || error); process.exit(1); }
  console.log(message.sid);
});
