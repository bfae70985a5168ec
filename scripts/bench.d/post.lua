-- One SMS after another, with test credentials, as twilio-python sends it.
wrk.method = "POST"
wrk.path = "/2010-04-01/Accounts/AC11111111111111111111111111111111/Messages.json"
wrk.headers["Authorization"] = "Basic QUMxMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTp0b2tlbi1vZi10aGUtYmVuY2htYXJr"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.headers["Host"] = "api.twilio.com"
wrk.body = "To=%2B14108675309&From=%2B15005550006&Body=All+in+the+game%2C+yo"
