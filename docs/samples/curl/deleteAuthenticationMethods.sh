curl --fail-with-body --request DELETE "http://127.0.0.1:3000/api/v2/users/auth0%7C5f7c8ec7c33c6c004bbafe82/authentication-methods" \
  --header "Authorization: Bearer $TOKEN"
