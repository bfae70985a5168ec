package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
)

func main() {
	sid, token := os.Getenv("TWILIO_ACCOUNT_SID"), os.Getenv("TWILIO_AUTH_TOKEN")
	form := url.Values{"To": {"+14108675310"}, "From": {"+15005550006"}, "Body": {"hello"}}
	address := "https://api.twilio.com/2010-04-01/Accounts/" + sid + "/Messages.json"
	request, _ := http.NewRequest("POST", address, strings.NewReader(form.Encode()))
	request.SetBasicAuth(sid, token)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	body, _ := io.ReadAll(answer.Body)
	fmt.Println(string(body))
}
