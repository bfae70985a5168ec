import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;

public class NetHttp {
    public static void main(String[] args) throws Exception {
        String sid = System.getenv("TWILIO_ACCOUNT_SID");
        String pair = sid + ":" + System.getenv("TWILIO_AUTH_TOKEN");
        HttpRequest request = HttpRequest
            .newBuilder(URI.create("https://api.twilio.com/2010-04-01/Accounts/" + sid + "/Messages.json"))
            .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair.getBytes()))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString("To=%2B14108675310&From=%2B15005550006&Body=hello"))
            .build();
        System.out.println(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body());
    }
}
