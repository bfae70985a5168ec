const sid = process.env.TWILIO_ACCOUNT_SID;
fetch(`https://api.twilio.com/2010-04-01/Accounts/${sid}/Messages.json`, {
  method: 'POST',
  headers: { authorization: 'Basic ' + btoa(`${sid}:${process.env.TWILIO_AUTH_TOKEN}`) },
  body: new URLSearchParams({ To: '+14108675310', From: '+15005550006', Body: 'hello' }),
})
  .then((answer) => answer.json())
  .then((message) => console.log(message.sid))
  .catch((error) => { console.error(error.cause || error); process.exit(1); });
