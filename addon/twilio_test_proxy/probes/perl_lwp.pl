use strict;
use warnings;
use LWP::UserAgent;

my $sid = $ENV{TWILIO_ACCOUNT_SID};
my $agent = LWP::UserAgent->new(timeout => 20);
$agent->credentials('api.twilio.com:443', 'Twilio API', $sid, $ENV{TWILIO_AUTH_TOKEN});
my $answer = $agent->post("https://api.twilio.com/2010-04-01/Accounts/$sid/Messages.json",
    { To => '+14108675310', From => '+15005550006', Body => 'hello' });
print $answer->is_success ? $answer->decoded_content : $answer->status_line, "\n";
