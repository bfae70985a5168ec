const twilio = require(process.argv[2] + '/twilio');

const client = twilio(process.env.TWILIO_ACCOUNT_SID, process.env.TWILIO_AUTH_TOKEN);
client.messages
  .create({ to: '+14108675310', from: '+15005550006', body: 'hello' })
  .then((message) => console.log(message.sid))
  .catch((error) => { console.error(error.message); process.exit(1); });
