import asyncio
import os

from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client


async def main():
    http = AsyncTwilioHttpClient()
    client = Client(os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"], http_client=http)
    message = await client.messages.create_async(to="+14108675310", from_="+15005550006", body="hello")
    await http.close()
    print(message.sid)


asyncio.run(main())
