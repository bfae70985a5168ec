import asyncio
import os

import aiohttp

sid, token = os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"]
url = f"https://api.twilio.com/2010-04-01/Accounts/{sid}/Messages.json"
form = {"To": "+14108675310", "From": "+15005550006", "Body": "hello"}


async def main():
    async with aiohttp.ClientSession(auth=aiohttp.BasicAuth(sid, token)) as session:
        async with session.post(url, data=form) as answer:
            print((await answer.json())["sid"])


asyncio.run(main())
