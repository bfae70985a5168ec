<?php
$sid = getenv('TWILIO_ACCOUNT_SID');
$curl = curl_init("https://api.twilio.com/2010-04-01/Accounts/$sid/Messages.json");
curl_setopt_array($curl, [
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_USERPWD => $sid . ':' . getenv('TWILIO_AUTH_TOKEN'),
    CURLOPT_POSTFIELDS => http_build_query(['To' => '+14108675310', 'From' => '+15005550006', 'Body' => 'hello']),
]);
$answer = curl_exec($curl);
echo $answer === false ? curl_error($curl) : json_decode($answer)->sid, "\n";
