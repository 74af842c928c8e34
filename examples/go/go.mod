module rustfits.example/image

go 1.19
